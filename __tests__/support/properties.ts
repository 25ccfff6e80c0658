import fc from "fast-check";

/**
 * Property tests draw the same cases every time, so that a run that passed passes again: whoever changes one line must
 * not be stopped by a case that nobody drew before. `FC_SEED=$RANDOM npm run test:unit` draws others.
 */
fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 1) });

export { fc };
