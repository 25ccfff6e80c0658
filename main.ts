import { synth } from "./stacks/synth";

// What belongs to the fleet beside fleet.yaml: extensions, as docs/extend.md shows.
synth({ extensions: [] });
