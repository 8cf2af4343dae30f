// Says that it is ready and who started it, then each signal that it gets; ends at the one named as its argument, or at Ctrl-D.
const [last] = process.argv.slice(2);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']) {
  process.on(signal, () => {
    console.log(signal);
    if (signal === last) process.exit(0);
  });
}
process.stdin.resume().once('end', () => process.exit(0));
console.log(`ready below ${process.ppid}.`);
