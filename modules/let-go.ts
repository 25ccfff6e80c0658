/** A `removed` block of Terraform: https://developer.hashicorp.com/terraform/language/resources/syntax#removing-resources */
export interface Removed {
  readonly from: string;
  readonly lifecycle: { readonly destroy: boolean };
}

/** What makes Terraform forget a resource and leave it where it is, instead of destroying it when its block is gone. */
export function letGo(address: string): Removed {
  return { from: address, lifecycle: { destroy: false } };
}
