/** What the schedule says that the service is called with. */
interface Job {
  readonly job: string;
}

/** Runs when the clock says so. It can be called twice for one time, so doing it again must not do harm. */
export async function handler({ job }: Job): Promise<void> {
  console.log(JSON.stringify({ message: "ran", job, region: process.env.AWS_REGION }));
}
