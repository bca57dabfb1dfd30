// A generated board of many devices, with the properties that a device of a Linux tree has: about 330 bytes a device.
import { type DeviceTree, type DeviceTreeNode, DeviceTreeProperty } from "@limmat/hw-address-model";

const { cells, strings } = DeviceTreeProperty;
const busCells = [cells("#address-cells", 1), cells("#size-cells", 1)];

/** A board of `count` devices: 20 to a bus, each bus behind windows of its own on one of two wider buses. */
export function boardOf(count: number): DeviceTree {
  const buses = Array.from({ length: Math.ceil(count / 20) }, (_, i) => busOf(i, Math.min(20, count - i * 20)));
  const half = Math.ceil(buses.length / 2);
  const interconnect = (name: string, base: number, children: DeviceTreeNode[]): DeviceTreeNode => ({
    name,
    properties: [
      strings("compatible", "simple-bus"),
      ...busCells,
      cells("ranges", 0, 0, base, 0x1000_0000, 0x1000_0000, 0, base + 0x1000_0000, 0x1000_0000),
    ],
    children,
  });
  const memory = {
    name: "memory@80000000",
    properties: [strings("device_type", "memory"), cells("reg", 0, 0x8000_0000, 0, 0x8000_0000)],
    children: [],
  };
  return {
    bootCpu: 0,
    reservations: [],
    root: {
      name: "",
      properties: [cells("#address-cells", 2), cells("#size-cells", 2), strings("compatible", "acme,bench")],
      children: [
        memory,
        interconnect("fast@0", 0, buses.slice(0, half)),
        interconnect("slow@40000000", 0x4000_0000, buses.slice(half)),
      ],
    },
  };
}

function busOf(index: number, count: number): DeviceTreeNode {
  const base = index * 0x10_0000;
  return {
    name: `bus@${base.toString(16)}`,
    properties: [
      strings("compatible", "simple-bus"),
      ...busCells,
      cells("ranges", 0, base, 0x8_0000, 0x8_0000, base + 0x8_0000, 0x8_0000),
    ],
    children: Array.from({ length: count }, (_, i) => deviceOf(index * 20 + i, i * 0x4000)),
  };
}

function deviceOf(id: number, base: number): DeviceTreeNode {
  return {
    name: `device@${base.toString(16)}`,
    properties: [
      strings("compatible", "acme,device-v2", "acme,device"),
      cells("reg", base, 0x1000, base + 0x2000, 0x100),
      strings("reg-names", "control", "wake"),
      cells("interrupts", 0, id, 4, 0, id + 1, 4),
      cells("clocks", 3, id, 3, id + 1, 3, id + 2),
      strings("clock-names", "core", "bus", "sleep"),
      cells("power-domains", 7, id % 12),
      cells("phandle", id + 100),
      strings("status", id % 3 === 0 ? "disabled" : "okay"),
    ],
    children: [],
  };
}
