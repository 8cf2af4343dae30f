// Waits until all threads of the pool have a task, so that none has two; then says what it is.
const { self } = require('./identity.cjs');

module.exports = ({ met, all }) => {
  Atomics.add(met, 0, 1);
  Atomics.notify(met, 0);
  for (let now = Atomics.load(met, 0); now < all; now = Atomics.load(met, 0)) Atomics.wait(met, 0, now);
  return self();
};
