// A made-up board in the manner of small 64-bit systems: two cores, RAM in two banks, a GIC, a bus at its own addresses
// with a UART and a clock controller, a PCIe bridge with a network card, reserved memory; and some mistakes.
import { type DeviceTree, type DeviceTreeNode, DeviceTreeProperty } from "@limmat/hw-address-model";

type Value = readonly number[] | readonly string[] | true;

function node(name: string, values: Record<string, Value>, ...children: DeviceTreeNode[]): DeviceTreeNode {
  const isTexts = (value: readonly number[] | readonly string[]): value is readonly string[] =>
    typeof value[0] === "string";
  const properties = Object.entries(values).map(([key, value]) => {
    if (value === true) return new DeviceTreeProperty(key);
    return isTexts(value) ? DeviceTreeProperty.strings(key, ...value) : DeviceTreeProperty.cells(key, ...value);
  });
  return { name, properties, children };
}

const oneCell = { "#address-cells": [1], "#size-cells": [1] };
const twoCells = { "#address-cells": [2], "#size-cells": [2] };

const cpus = node(
  "cpus",
  { "#address-cells": [1], "#size-cells": [0] },
  node("cpu@0", { device_type: ["cpu"], compatible: ["arm,cortex-a53"], reg: [0] }),
  node("cpu@1", { device_type: ["cpu"], compatible: ["arm,cortex-a53"], reg: [1] }),
);
const memory = node("memory@40000000", {
  device_type: ["memory"],
  reg: [0, 0x4000_0000, 0, 0x4000_0000, 1, 0, 0, 0x4000_0000],
});
const reserved = node(
  "reserved-memory",
  { ...twoCells, ranges: true },
  node("firmware@7ff00000", { reg: [0, 0x7ff0_0000, 0, 0x10_0000], "no-map": true }),
);
const gic = node("interrupt-controller@8000000", {
  compatible: ["arm,gic-400"],
  "reg-names": ["dist", "cpu"],
  reg: [0, 0x800_0000, 0, 0x1000, 0, 0x801_0000, 0, 0x2000],
});
const uart = node("serial@1000", { compatible: ["arm,pl011", "arm,primecell"], reg: [0x1000, 0x1000] });
const clocks = node("clocks@2000", { compatible: ["acme,clocks"], reg: [0x2000, 0x400] });
const pcie = node(
  "pcie@10000000",
  {
    device_type: ["pci"],
    compatible: ["pci-host-ecam-generic"],
    reg: [0, 0x3000_0000, 0, 0x100_0000],
    ranges: [
      [0x0100_0000, 0, 0, 0, 0x2fff_0000, 0, 0x1_0000],
      [0x0200_0000, 0, 0x1000_0000, 0, 0x1000_0000, 0, 0x1fff_0000],
    ].flat(),
  },
  node("ethernet@1,0", { reg: [0x800, 0, 0, 0, 0], "assigned-addresses": [0x8200_0810, 0, 0x1000_0000, 0, 0x2_0000] }),
);

const boardOf = (...children: DeviceTreeNode[]): DeviceTree => ({
  bootCpu: 0,
  reservations: [{ address: 0x4000_0000n, size: 0x1000n }],
  root: { ...node("", { ...twoCells, compatible: ["acme,board"] }), children },
});

/** The board without a mistake. */
export const board: DeviceTree = boardOf(
  cpus,
  memory,
  reserved,
  gic,
  node("bus@9000000", { ...oneCell, ranges: [0, 0, 0x900_0000, 0x10_0000] }, uart, clocks),
  pcie,
);

/**
 * The board with a bus window cut in two that do not continue each other, through which a sensor hub straddles; a timer
 * outside; a watchdog inside the UART, whose label would clear a terminal; and an entry of ranges that passes the end.
 */
export const boardWithMistakes: DeviceTree = boardOf(
  cpus,
  memory,
  reserved,
  gic,
  node(
    "bus@9000000",
    {
      ...oneCell,
      ranges: [
        [0, 0, 0x900_0000, 0x8000],
        [0x8000, 0, 0xa00_0000, 0x8000],
        [0xc000_0000, 0xffff_ffff, 0xffff_0000, 0x2_0000],
      ].flat(),
    },
    uart,
    node("watchdog@1800", { compatible: ["acme,\u001b[2Jwatchdog"], reg: [0x1800, 0x100] }),
    node("hub@7000", { compatible: ["acme,hub"], reg: [0x7000, 0x2000] }),
    node("timer@20000", { reg: [0x2_0000, 0x100], status: ["disabled"] }),
  ),
  pcie,
);
