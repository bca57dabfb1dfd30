// The OpenAPI document for people: one page of plain HTML, without scripts.

interface Document {
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

interface Operation {
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly { name: string; in: string; required: boolean; description?: string }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
}

type Content = Readonly<Record<string, { readonly schema?: { readonly $ref?: string } }>>;

/** A page that shows the document. */
export function documentPage(document: Document): string {
  const { info, paths, components } = document;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => section(method, path, operation)),
  );
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) =>
      `<details id="${escaped(name)}"><summary><code>${escaped(name)}</code></summary><pre>${escaped(JSON.stringify(schema, null, 2))}</pre></details>`,
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(info.title)}: the API</title><link rel="icon" href="/icon.svg"><link rel="stylesheet" href="/style.css"></head>
<body class="document"><main><h1>${escaped(info.title)} ${escaped(info.version)}</h1><p>${escaped(info.description)}
<a href="/openapi.json">OpenAPI document</a> · <a href="/">The network</a></p>${operations.join("")}<h2>Schemas</h2>${schemas.join("")}</main></body></html>\n`;
}

function section(method: string, path: string, operation: Operation): string {
  const { summary, description, parameters = [], requestBody, responses } = operation;
  const rows = [
    ...parameters.map((parameter) => [
      `${parameter.in} <code>${escaped(parameter.name)}</code>${parameter.required ? "" : " (optional)"}`,
      escaped(parameter.description ?? ""),
    ]),
    ...(requestBody ? [["body", contentOf(requestBody.content)]] : []),
    ...Object.entries(responses).map(([status, { description, content }]) => [
      `<code>${escaped(status)}</code>`,
      [escaped(description), contentOf(content)].filter((text) => text !== "").join(" "),
    ]),
  ];
  return `<section><h2><code>${escaped(method.toUpperCase())} ${escaped(path)}</code></h2><p>${escaped(summary)}. ${escaped(description ?? "")}</p>
<table>${rows.map(([name, text]) => `<tr><th scope="row">${name}</th><td>${text}</td></tr>`).join("")}</table></section>`;
}

function contentOf(content: Content = {}): string {
  return Object.entries(content)
    .map(([type, { schema }]) => {
      const name = schema?.$ref?.split("/").at(-1);
      return `<code>${escaped(type)}</code>${name === undefined ? "" : ` <a href="#${escaped(name)}">${escaped(name)}</a>`}`;
    })
    .join(", ");
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
