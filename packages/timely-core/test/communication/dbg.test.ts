import { it } from "vitest";
import { createFabrics, openFabric } from "../../src/communication/index.ts";
import { Echo } from "./echo.ts";
it("x", () => {
  const [a, b] = createFabrics(2, { dataRingBytes: 4096, progressRingBytes: 1024, shared: true }).map(openFabric) as any;
  const echo = new Echo(b);
  let sent = 0, got = 0;
  for (let i = 0; i < 400; i++) {
    const s = a.sendData(1); const n = (i * 37) % 1500; s.begin(n); s.end(); sent++;
    a.flush(); echo.step();
    for (let m = a.receiveData(1).receive(); m; m = a.receiveData(1).receive()) { got++; m.release(); }
  }
  for (let k = 0; k < 1000; k++) { a.flush(); echo.step(); for (let m = a.receiveData(1).receive(); m; m = a.receiveData(1).receive()) { got++; m.release(); } }
  console.log(sent, got, a.sendData(1).overflowBytes, a.sendData(1).queuedBytes, b.sendData(0).overflowBytes, b.receiveData(0).heldBytes, a.receiveData(1).heldBytes);
});
