/** Says which stage answers. */
export async function handler() {
  return { statusCode: 200, body: `orders of ${process.env.STAGE}\n` };
}
