// The notificator that fits a time domain.

import type { TimeDomain } from "../order/index.ts";
import type { Notificator } from "./notificator.ts";
import { FrontierNotificator } from "./notificator-frontier.ts";
import { TotalOrderNotificator } from "./notificator-total.ts";

/** A priority queue where times are totally ordered, and else a notificator for partial orders. */
export function notificatorOf<T>(domain: TimeDomain<T>): Notificator<T> {
  return domain.total ? new TotalOrderNotificator(domain) : new FrontierNotificator(domain);
}
