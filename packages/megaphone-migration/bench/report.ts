// Writes docs/megaphone.md and its pictures anew from what was measured before: `node bench/dist/report.js`.
import { readRecord } from "./report/record.ts";
import { prepareReport, recordFile, writeReport } from "./report/write-report.ts";

prepareReport();
writeReport(readRecord(recordFile));
