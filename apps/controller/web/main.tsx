// The page: the map on one side, what is known on the other.
import { render } from "preact";
import { NetworkMap } from "./map/map.tsx";
import { load } from "./model/state.ts";
import { Panel } from "./panel/panel.tsx";

render(
  <>
    <Panel />
    <NetworkMap />
  </>,
  document.getElementById("app") as HTMLElement,
);
void load();
