// The other yardstick: Bolt for JavaScript as its documentation shows it, with one command that only acks.
const { App, LogLevel } = require('@slack/bolt');

const [port, signingSecret, slackApiUrl] = process.argv.slice(2);

const authorize = async () => ({ botToken: 'xoxb-b', botId: 'BBOT', botUserId: 'UBOT', teamId: 'T1' });
const app = new App({ signingSecret, authorize, clientOptions: { slackApiUrl }, logLevel: LogLevel.ERROR });

app.command('/cais', async ({ ack }) => { await ack(); });

app.start(Number(port));
