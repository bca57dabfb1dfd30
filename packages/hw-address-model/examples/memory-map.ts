// Writes a small board as a device tree blob, reads it back, and lists what the processor sees.
import {
  DeviceTreeProperty,
  encodeDeviceTree,
  formatInterval,
  memoryMap,
  parseDeviceTree,
} from "@limmat/hw-address-model";

const { cells, strings } = DeviceTreeProperty;
const uart = {
  name: "uart@1000",
  properties: [strings("compatible", "arm,pl011"), cells("reg", 0x1000, 0x1000)],
  children: [],
};
const soc = {
  name: "soc",
  properties: [cells("#address-cells", 1), cells("#size-cells", 1), cells("ranges", 0x0, 0xfe00_0000, 0x10_0000)],
  children: [uart],
};
const memory = {
  name: "memory@0",
  properties: [strings("device_type", "memory"), cells("reg", 0, 0x4000_0000)],
  children: [],
};
const root = { name: "", properties: [cells("#address-cells", 1), cells("#size-cells", 1)], children: [memory, soc] };

const blob = encodeDeviceTree({ bootCpu: 0, reservations: [], root });
for (const { interval, kind, source, hops } of memoryMap(parseDeviceTree(blob)).entries) {
  const way = hops.map(({ bus, from }) => ` from ${formatInterval(from)} on ${bus}`).join("");
  console.log(`${formatInterval(interval)} ${kind} ${source.path}${way}`);
}
