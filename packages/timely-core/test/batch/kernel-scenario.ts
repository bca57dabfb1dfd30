// Everything of batches that is compiled where that is allowed, run on fixed records: its results must not depend on it.

import { codegenAllowed } from "../../src/batch/codegen.ts";
import {
  batchFunction,
  bool,
  columns,
  f64,
  filterKernel,
  i8,
  keyKernel,
  mapKernel,
  u32,
  utf8,
} from "../../src/batch/index.ts";

/** Results as plain JSON, and whether code was generated on the way. */
export function scenario(): { codegen: boolean; results: unknown[] } {
  const people = columns({ id: u32, height: f64, tall: bool, step: i8, name: utf8 });
  const builder = people.builder(16);
  for (let id = 0; id < 100; id++) {
    builder.push({ id: id * 40000003, height: id / 7, tall: id % 3 === 0, step: id - 50, name: `pérson ${id % 10}` });
  }
  const batch = builder.finish();
  for (let i = 0; i < 100; i += 9) builder.pushFrom(batch, i);
  const copied = builder.finish();

  const to = columns({ label: utf8, sum: f64, odd: bool });
  const mapped = batchFunction(
    to,
    mapKernel(people, to, (p) => ({ label: `${p.name}!`, sum: p.height + p.step, odd: p.id % 2 === 1 })),
  )(batch);
  const kept = batchFunction(
    people,
    filterKernel(people, (p) => p.tall && p.step < 20, { reads: ["tall", "step"] }),
  )(batch);
  const hashes = new Uint32Array(100);
  const results: unknown[] = [];
  for (const result of [batch, copied, mapped, kept]) {
    for (let i = 0; i < result.length; i++) results.push(result.get(i));
  }
  keyKernel(people, ["id", "height", "tall", "step", "name"])(batch, hashes, 100);
  results.push([...hashes]);
  keyKernel(people, (p) => p.name)(batch, hashes, 100);
  results.push([...hashes]);
  return { codegen: codegenAllowed(), results };
}
