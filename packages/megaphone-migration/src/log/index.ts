export type {
  AppliedEvent,
  EventHeader,
  InstalledEvent,
  MigrationEvent,
  ShippedEvent,
  StepEvent,
} from "./event.ts";
