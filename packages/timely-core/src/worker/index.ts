export { StalledError, Worker, type WorkerOptions } from "./worker.ts";
