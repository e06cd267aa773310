// Runs the audits of GraphQL over HTTP against the address in the first argument. Prints one line of JSON for
// each, and leaves it to the test to judge them.
import { serverAudits } from 'graphql-http';

const [url] = process.argv.slice(2);
for (const audit of serverAudits({ url })) {
  const result = await audit.fn();
  const { status, reason } = result;
  console.log(JSON.stringify({ id: audit.id, name: audit.name, status, reason }));
}
