/** The part of a function URL's event that this example reads. */
interface UrlEvent {
  readonly rawPath: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly requestContext: { readonly http: { readonly method: string } };
}

/** Greets, and says which account and region answered. */
export async function handler(event: UrlEvent, context: { readonly invokedFunctionArn: string }) {
  const account = context.invokedFunctionArn.split(":")[4];
  console.log(JSON.stringify({ message: "request", path: event.rawPath }));
  return {
    statusCode: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      message: process.env.GREETING,
      account,
      region: process.env.AWS_REGION,
      method: event.requestContext.http.method,
      path: event.rawPath,
      viewerCountry: event.headers["cloudfront-viewer-country"],
    }),
  };
}
