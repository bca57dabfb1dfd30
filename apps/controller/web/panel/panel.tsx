// The panel beside the map: the network's state, a route, the latest epoch's effect, what is down, and what happened.
import { connection, epoch, keepToken, message, network, token } from "../model/state.ts";
import { DownPanel } from "./down-panel.tsx";
import { EffectPanel } from "./effect-panel.tsx";
import { EpochList } from "./epoch-list.tsx";
import { RoutePanel } from "./route-panel.tsx";
import { SelectionPanel } from "./selection-panel.tsx";

const CONNECTION = { connecting: "connecting…", live: "live", lost: "connection lost; trying again" } as const;

/** The whole panel. */
export function Panel() {
  const model = network.value;
  return (
    <main class="panel">
      <header>
        <h1>Limmat</h1>
        <p class="status" data-state={connection.value}>
          {CONNECTION[connection.value]}
        </p>
        <p class="network">
          {model === undefined
            ? "reading the network…"
            : `${model.name} · ${model.nodeCount.toLocaleString("en")} nodes · ${model.linkCount.toLocaleString("en")} links · epoch ${epoch.value}`}
        </p>
      </header>
      <p class="message" role="alert">
        {message.value}
      </p>
      {token.value === "" && <TokenForm />}
      <RoutePanel />
      <EffectPanel />
      <SelectionPanel />
      <DownPanel />
      <EpochList />
      <footer>
        Click a link to fail it, again to restore it; click a node to select it. <a href="/docs">API</a>
      </footer>
    </main>
  );
}

function TokenForm() {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    keepToken(String(new FormData(event.currentTarget as HTMLFormElement).get("token")));
  };
  return (
    <form class="token" onSubmit={submit}>
      <label>
        The server's token
        <input name="token" type="password" autocomplete="off" required />
      </label>
      <button type="submit">Use it</button>
    </form>
  );
}
