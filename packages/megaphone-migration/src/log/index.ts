export type {
  AppliedEvent,
  CancelledEvent,
  EventHeader,
  InstalledEvent,
  MigrationEvent,
  ShippedEvent,
  StepEvent,
} from "./event.ts";
