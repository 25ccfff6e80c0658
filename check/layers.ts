import type { Problem } from "../fleet/diagnostics";
import { findRegion } from "../fleet/geography/regions";
import type { CheckInput } from "../fleet/text/structure";
import { problem } from "./rules";
import { oncePerPlace, servicesOf, targetsOf } from "./written";

/** Layers in a different region from the functions that use them. */
export function layers({ file }: CheckInput): readonly Problem[] {
  const found = Object.entries(file.cells).flatMap(([cell, entry]) =>
    servicesOf(file, cell, entry).flatMap(({ settings, pathOf }) =>
      (settings.layers ?? []).flatMap((layer, index) => {
        const region = layer.split(":")[3] ?? "";
        const other = targetsOf(cell, entry).find(
          (target) => target.region !== region && findRegion(target.region),
        );
        if (region === "{region}" || !other) return [];
        return [
          problem("layer-region", [...pathOf("layers"), index], {
            message: `the layer is in region "${region}", but cell "${cell}" has a target in "${other.region}"`,
            other: { path: other.path },
            fix: `write "${layer.replace(`:${region}:`, ":{region}:")}", and publish the layer in every region of the cell`,
          }),
        ];
      }),
    ),
  );
  return oncePerPlace(found);
}
