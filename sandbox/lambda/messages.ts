/** What the sandbox sends to a function process. */
export interface InvokeMessage {
  readonly requestId: string;
  /** The event as JSON. */
  readonly event: string;
  /** When the invocation times out, in milliseconds since the epoch. */
  readonly deadline: number;
  /** The ARN that was invoked, with its qualifier. */
  readonly functionArn: string;
}

/** An error in the form in which Lambda reports it. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** What a function process answers. `initFailed` and `crashed` are its last words. */
export type FunctionMessage =
  | { readonly kind: "ready" }
  | { readonly kind: "initFailed"; readonly error: FunctionError }
  | { readonly kind: "succeeded"; readonly requestId: string; readonly result: string }
  | { readonly kind: "failed"; readonly requestId: string; readonly error: FunctionError }
  | { readonly kind: "crashed"; readonly error: FunctionError };
