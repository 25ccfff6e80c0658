/** What fills the placeholders of a setting; `*` as a region stands for any. */
export interface Filling {
  readonly account: { readonly id: string };
  readonly region: string;
}

/**
 * Puts a place's own region and account id where a setting says `{region}` and `{account}`.
 *
 * @example fillPlaceholders("arn:aws:dynamodb:{region}:{account}:table/orders", target)
 */
export function fillPlaceholders(text: string, { account, region }: Filling): string {
  return text.replaceAll("{region}", region).replaceAll("{account}", account.id);
}
