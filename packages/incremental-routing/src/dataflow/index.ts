export type {
  Answer,
  AnswerRecord,
  DeltaRecord,
  EpochRecord,
  Group,
  NodeGroups,
  QueryRecord,
  RoutesArgument,
} from "./records.ts";
export { routes } from "./routes.ts";
