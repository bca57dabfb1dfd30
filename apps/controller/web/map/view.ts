// From the layout's coordinates to pixels of the canvas: pan and zoom.
import type { Layout } from "./layout.ts";

/** pixels = place × scale + offset. */
export interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/** Shows all of a layout, with a margin for labels. */
export function fit(layout: Layout, width: number, height: number): View {
  const margin = Math.min(60, width / 8, height / 8);
  const scale = Math.max(
    1e-3,
    Math.min((width - 2 * margin) / layout.width, (height - 2 * margin) / Math.max(layout.height, 1)),
  );
  return { scale, x: (width - layout.width * scale) / 2, y: (height - layout.height * scale) / 2 };
}

/** Zooms about a pixel that stays where it is. */
export function zoomed(view: View, factor: number, x: number, y: number): View {
  const scale = Math.max(0.05, Math.min(400, view.scale * factor));
  const by = scale / view.scale;
  return { scale, x: x - (x - view.x) * by, y: y - (y - view.y) * by };
}
