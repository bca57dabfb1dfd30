// The OpenAPI 3.1 document, made of the endpoints' table and the schemas that requests are read with.
import { z } from "zod";
import { componentSchemas, type Endpoint, type EndpointResponse, endpoints } from "./endpoints.ts";

type Json = Readonly<Record<string, unknown>>;

/** The document of a service of this version. */
export function openApiDocument(version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const endpoint of endpoints) {
    paths[endpoint.path] ??= {};
    (paths[endpoint.path] as Record<string, Json>)[endpoint.method] = operation(endpoint);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Limmat routing controller",
      version,
      license: { name: "MIT", identifier: "MIT" },
      description:
        "All routes of one network, kept current as it changes. Errors are application/problem+json (RFC 9457).",
    },
    servers: [{ url: "/" }],
    paths,
    components: {
      schemas: schemas(),
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "Wanted where the server was started with a token." },
      },
    },
  };
}

function operation({ name, summary, description, writes, query, headers, body, responses }: Endpoint): Json {
  const parameters = [
    ...Object.entries(query?.shape ?? {}).map(([key, schema]) => {
      const { description: about, ...rest } = plain(schema as z.ZodType);
      const required = !(schema as z.ZodType).safeParse(undefined).success;
      return { name: key, in: "query", required, ...(about === undefined ? {} : { description: about }), schema: rest };
    }),
    ...(headers ?? []).map((header) => ({ ...header, in: "header", required: false, schema: { type: "string" } })),
  ];
  return {
    operationId: name,
    summary,
    ...(description === undefined ? {} : { description }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { "application/json": { schema: reference(body) } } } }),
    ...(writes ? { security: [{}, { token: [] }] } : { security: [] }),
    responses: Object.fromEntries(Object.entries(responses).map(([status, response]) => [status, answer(response)])),
  };
}

function answer({ description, type, schema }: EndpointResponse): Json {
  if (type === undefined) return { description };
  return { description, content: { [type]: schema === undefined ? {} : { schema: reference(schema) } } };
}

/** A schema's place in the document, or itself where it has none. */
function reference(schema: z.ZodType): Json {
  const name = Object.entries(componentSchemas).find(([, known]) => known === schema)?.[0];
  return name === undefined ? plain(schema) : { $ref: `#/components/schemas/${name}` };
}

function schemas(): Json {
  const registry = z.registry<{ id: string }>();
  for (const [name, schema] of Object.entries(componentSchemas)) registry.add(schema, { id: name });
  const { schemas } = z.toJSONSchema(registry, { io: "input", uri: (name) => `#/components/schemas/${name}` });
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, withoutIds(schema)]));
}

function plain(schema: z.ZodType): Json {
  return withoutIds(z.toJSONSchema(schema, { io: "input" }));
}

function withoutIds(schema: object): Json {
  const { $schema, $id, id, ...rest } = schema as Record<string, unknown>;
  return rest;
}
