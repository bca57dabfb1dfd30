export { type BenchReport, benchReport, type Measurement, type ReportedMeasurement } from "./report.ts";
