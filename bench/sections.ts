/** Headings of the sections of the page that one run leaves as another wrote them. */
export const peersHeading = "## Beside aws-cdk";
export const plansHeading = "## Planning";

/** Heading of the last section. */
export const whatIsMeasured = "## What is measured\n";

/** That part of a page as it was last written, so that a run without `--peers` leaves it as it is. */
export const keptPeers = (page: string) => keptSection(page, peersHeading);

/** As {@link keptPeers}, of `--plan`. */
export const keptPlans = (page: string) => keptSection(page, plansHeading);

function keptSection(page: string, heading: string): string {
  const start = page.indexOf(`${heading}\n`);
  if (start < 0) return `${heading}\n\nNot measured yet.\n`;
  const end = page.indexOf("\n## ", start);
  return end < 0 ? page.slice(start) : page.slice(start, end);
}

/** A page with another section in the place of the one that has its heading, or before the last. */
export function withSection(page: string, section: string): string {
  const kept = keptSection(page, section.slice(0, section.indexOf("\n")));
  if (page.includes(kept)) return page.replace(kept, () => section);
  return page.replace(whatIsMeasured, () => `${section}\n${whatIsMeasured}`);
}
