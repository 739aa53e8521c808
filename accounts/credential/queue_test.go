package credential

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"latchkey/accounts/core"
)

// caller queues requests by name, and records in which order they run or are refused.
type caller struct {
	*testing.T
	queue    *queue
	requests map[string]*request
	running  []string
	refused  []string
}

func newCaller(t *testing.T, maxRunning, perKey, maxWaiting int) *caller {
	t.Parallel()
	q := &queue{maxRunning: maxRunning, perKey: perKey, maxWaiting: maxWaiting, keys: map[string]*usage{}}
	return &caller{T: t, queue: q, requests: map[string]*request{}}
}

func (c *caller) enter(name string, keys ...string) {
	c.requests[name] = c.queue.enter(keys)
	c.look()
}

func (c *caller) leave(name string) {
	c.queue.leave(c.requests[name])
	c.running = slices.DeleteFunc(c.running, func(one string) bool { return one == name })
	delete(c.requests, name)
	c.look()
}

// look records whose turn has come. Refused requests leave.
func (c *caller) look() {
	for name, r := range c.requests {
		select {
		case err := <-r.turn:
			var busy core.BusyError
			switch {
			case err == nil:
				c.running = append(c.running, name)
			case errors.As(err, &busy) && busy.RetryAfter > 0 && !busy.TimedOut:
				c.refused = append(c.refused, name)
				c.queue.leave(r)
				delete(c.requests, name)
			default:
				c.Errorf("%s got %v", name, err)
			}
		default:
		}
	}
	slices.Sort(c.running)
}

func (c *caller) want(running ...string) {
	c.Helper()
	if !slices.Equal(c.running, running) {
		c.Fatalf("%q run, want %q", c.running, running)
	}
}

// TestQueueServesKeysInTurn: a new key runs before a crowd that arrived earlier and was served meanwhile, and so does a new network.
func TestQueueServesKeysInTurn(t *testing.T) {
	c := newCaller(t, 1, 1, 100)
	for i := range 10 {
		c.enter(fmt.Sprint("crowd", i), "ada")
	}
	c.want("crowd0")
	c.enter("other", "bob")
	c.leave("crowd0")
	c.want("crowd1") // both wait since the last turn; the crowd came first
	c.leave("crowd1")
	c.want("other")

	for i := range 10 {
		c.enter(fmt.Sprint("name", i), fmt.Sprint("unknown", i), "192.0.2.0/24")
	}
	c.leave("other")
	c.want("crowd2")
	c.leave("crowd2")
	c.want("name0")
	c.enter("elsewhere", "carla", "198.51.100.0/24")
	c.leave("name0")
	c.want("crowd3")
	c.leave("crowd3")
	c.want("name1") // whose network was served when the other came, and came first
	c.leave("name1")
	c.want("elsewhere")
}

// TestQueueLimitsAccounts: at most perKey requests of an account run at once, however many places are free.
func TestQueueLimitsAccounts(t *testing.T) {
	c := newCaller(t, 4, 2, 100)
	for i := range 5 {
		c.enter(fmt.Sprint("crowd", i), "ada", "192.0.2.0/24")
	}
	c.want("crowd0", "crowd1")
	c.enter("other", "bob", "192.0.2.0/24")
	c.want("crowd0", "crowd1", "other")
	c.leave("crowd1")
	c.want("crowd0", "crowd2", "other")
}

// TestQueueRefusesTheLargestCrowd: if too many wait, the newest request of the key with the most is refused, not the newcomer.
func TestQueueRefusesTheLargestCrowd(t *testing.T) {
	c := newCaller(t, 1, 1, 10)
	c.enter("first", "first")
	for i := range 7 {
		c.enter(fmt.Sprint("crowd", i), "ada")
	}
	for i := range 3 {
		c.enter(fmt.Sprint("other", i), fmt.Sprint("other", i))
	}
	c.enter("late", "ada")
	if want := []string{"late"}; !slices.Equal(c.refused, want) {
		t.Errorf("one more of the crowd: refused %q", c.refused)
	}
	for i := range 6 {
		c.enter(fmt.Sprint("newcomer", i), fmt.Sprint("newcomer", i))
	}
	if want := []string{"late", "crowd6", "crowd5", "crowd4", "crowd3", "crowd2", "crowd1"}; !slices.Equal(c.refused, want) {
		t.Errorf("refused %q, want %q", c.refused, want)
	}
	c.enter("one too many", "newcomer")
	if got := c.refused[len(c.refused)-1]; got != "one too many" {
		t.Errorf("no key has more requests than the newcomer's, but %s was refused", got)
	}
	if running, waiting := c.queue.load(); running != 1 || waiting != 10 {
		t.Errorf("%d run, %d wait", running, waiting)
	}
}

// TestQueueForgets: requests that ran, left early or were refused leave nothing behind.
func TestQueueForgets(t *testing.T) {
	c := newCaller(t, 2, 1, 3)
	for i := range 8 {
		c.enter(fmt.Sprint(i), "ada", fmt.Sprint("network", i%2))
	}
	for i := range 8 {
		if name := fmt.Sprint(i); !slices.Contains(c.refused, name) {
			c.leave(name)
		}
	}
	if running, waiting := c.queue.load(); running != 0 || waiting != 0 || len(c.queue.keys) != 0 {
		t.Errorf("%d run, %d wait, keys %v", running, waiting, c.queue.keys)
	}
}

// TestQueueLeftInTime: a request that gives up at the moment of its turn gives the place back.
func TestQueueLeftInTime(t *testing.T) {
	t.Parallel()
	q := &queue{maxRunning: 1, perKey: 1, maxWaiting: 1, keys: map[string]*usage{}}
	first, second := q.enter([]string{"a"}), q.enter([]string{"b"})
	q.leave(first) // before it has looked at its turn
	if err := <-second.turn; err != nil {
		t.Fatal(err)
	}
	q.leave(second)
	if running, waiting := q.load(); running != 0 || waiting != 0 {
		t.Errorf("%d run, %d wait", running, waiting)
	}
}

// TestQueueKeysAreDistinct: no name can be typed whose requests wait as those of an account, its owner, a trusted browser or a network.
func TestQueueKeysAreDistinct(t *testing.T) {
	t.Parallel()
	const id, address = "019cadc6-9a80-7003-b994-000000000001", "192.0.2.7"
	keys := []string{AccountKey(id), TrustedKey(id), ActorKey(id), NetworkKey(address)}
	for _, key := range keys {
		for _, typed := range []string{key, id, "192.0.2.7", ""} {
			if slices.Contains(keys, NameKey(typed)) {
				t.Errorf("the name %q has the key of %q", typed, key)
			}
		}
	}
	slices.Sort(keys)
	if len(slices.Compact(keys)) != 4 {
		t.Errorf("kinds of requests share a key: %q", keys)
	}
}
