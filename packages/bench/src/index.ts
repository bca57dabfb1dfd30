export { freeHosts } from "./free-hosts.ts";
export { type BenchReport, benchReport, type Measurement, type ReportedMeasurement } from "./report.ts";
