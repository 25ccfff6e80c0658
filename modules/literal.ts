/** Keeps Terraform from reading `${` and `%{` in a user's text as templates of its own. */
export function literal(text: string): string {
  return text.replace(/[$%](?=\{)/g, "$&$&");
}
