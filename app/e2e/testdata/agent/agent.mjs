// A client of a live voice that is nothing but the official SDK and the sound
// server's own player: it asks when it is told to, in words or by a recording,
// plays what comes as it comes, and has the SDK interrupt the answer when it is
// told to.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { RealtimeAgent, RealtimeSession } from '@openai/agents-realtime';

const [url, recording] = process.argv.slice(2);
const frame = 960; // bytes: 20 ms of 24 kHz, mono, 16 bits

let player;
function play() {
  player = spawn('pacat', ['-d', 'speaker', '--raw', '--format=s16le', '--rate=24000', '--channels=1', '--latency-msec=20'], { stdio: ['pipe', 'ignore', 'inherit'] });
  player.stdin.on('error', () => {}); // it was killed
}

const session = new RealtimeSession(new RealtimeAgent({ name: 'agent' }), {
  transport: 'websocket',
  model: 'gpt-realtime',
  tracingDisabled: true,
  config: { audio: { input: { noiseReduction: { type: 'near_field' } } } }, // its default, null, is not as the API describes it
});
session.on('audio', (e) => player.stdin.write(Buffer.from(e.data)));
session.on('audio_interrupted', () => {
  player.kill('SIGKILL');
  play();
});
session.on('error', (e) => console.error('agent:', e.error ?? e));

// say sends the recording as a microphone would.
async function say() {
  const sound = readFileSync(recording);
  let next = Date.now();
  for (let at = 0; at + frame <= sound.length; at += frame) {
    session.sendAudio(new Uint8Array(sound.subarray(at, at + frame)).buffer);
    next += 20;
    await setTimeout(Math.max(0, next - Date.now()));
  }
}

play();
await session.connect({ apiKey: 'sk-agent', url });
console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'ask') session.sendMessage('Tell me a story.');
  if (line === 'say') await say();
  if (line === 'interrupt') session.interrupt();
}
player.kill('SIGKILL');
session.close();
