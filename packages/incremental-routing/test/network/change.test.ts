import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ChangeError, OPERATIONS, parseChange, parseOperation } from "../../src/network/index.ts";

function codeOf(value: unknown): string {
  try {
    parseOperation(value);
  } catch (error) {
    if (error instanceof ChangeError) return error.code;
    throw error;
  }
  return "none";
}

describe("parseOperation", () => {
  it("reads every op and drops what it does not know", () => {
    const extra = { epoch: 3, note: "x" };
    for (const op of OPERATIONS) {
      const fields = op.startsWith("node")
        ? { node: "a" }
        : op.startsWith("link")
          ? {
              link: "l",
              ...(op === "link-add" ? { from: "a", to: "b", weight: 2 } : {}),
              ...(op === "link-weight" ? { forward: 0.5 } : {}),
            }
          : { from: "a", to: "b" };
      expect(parseOperation({ op, ...fields, ...extra })).toEqual({ op, ...fields });
    }
  });

  it("says what is wrong", () => {
    const cases: [unknown, string][] = [
      [null, "NOT_AN_OBJECT"],
      [[], "NOT_AN_OBJECT"],
      ["link-down", "NOT_AN_OBJECT"],
      [{}, "MISSING_FIELD"],
      [{ op: "link-explode", link: "l" }, "UNKNOWN_OP"],
      [{ op: 7 }, "UNKNOWN_OP"],
      [{ op: "__proto__" }, "UNKNOWN_OP"],
      [{ op: "link-down" }, "MISSING_FIELD"],
      [{ op: "link-down", link: 5 }, "BAD_FIELD"],
      [{ op: "link-down", link: "" }, "BAD_FIELD"],
      [{ op: "node-down", node: null }, "BAD_FIELD"],
      [{ op: "link-weight", link: "l" }, "MISSING_FIELD"],
      [{ op: "link-weight", link: "l", weight: "5" }, "BAD_FIELD"],
      [{ op: "link-weight", link: "l", weight: 0 }, "BAD_WEIGHT"],
      [{ op: "link-weight", link: "l", weight: 1, backward: 1 }, "BAD_FIELD"],
      [{ op: "link-add", link: "l", from: "a", weight: 1 }, "MISSING_FIELD"],
      [{ op: "link-add", link: "l", from: "a", to: "b" }, "MISSING_FIELD"],
      [{ op: "link-add", link: "l", from: "a", to: "b", backward: 1 }, "MISSING_FIELD"],
      [{ op: "path", from: "a" }, "MISSING_FIELD"],
    ];
    for (const [value, code] of cases) expect([value, codeOf(value)]).toEqual([value, code]);
    expect(() => parseChange({ op: "path", from: "a", to: "b" })).toThrow(ChangeError);
  });

  it("throws nothing but ChangeError, whatever it is given", () => {
    const field = fc.constantFrom("op", "link", "node", "from", "to", "weight", "forward", "backward");
    const value = fc.oneof(fc.constantFrom(...OPERATIONS), fc.anything());
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.dictionary(field, value)), (input) => {
        codeOf(input);
      }),
      { numRuns: 500 },
    );
  });
});
