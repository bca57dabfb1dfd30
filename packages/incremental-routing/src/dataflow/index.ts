export type {
  AnswerRecord,
  DeltaRecord,
  EpochRecord,
  GroupRecord,
  QueryRecord,
  RoutesArgument,
} from "./records.ts";
export { routes } from "./routes.ts";
