package task_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/accounts/core"
	"latchkey/accounts/task"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// fixture is a service with one kind of task, "work", whose handler is do.
type fixture struct {
	*testing.T
	*task.Service
	core  *core.Core
	clock *testkit.Clock
	do    task.Handler
}

func each(t *testing.T, run func(f *fixture)) {
	t.Helper()
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		f := &fixture{T: t, clock: testkit.NewClock()}
		f.core = core.New(db.DB, f.clock.Now, nil, nil, core.Rules{})
		f.Service = task.New(f.core, map[string]task.Handler{
			"work": func(ctx context.Context, run *task.Run) (any, error) { return f.do(ctx, run) },
		})
		run(f)
	})
}

func (f *fixture) add(r task.Request) (added bool) {
	f.Helper()
	err := f.core.DB.Update(f.Context(), func(tx *models.Tx) (err error) {
		added, err = f.Add(tx, r)
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	return added
}

// next runs the next task, and fails the test if that is not wanted to run or not to.
func (f *fixture) next(want bool) {
	f.Helper()
	if ran, err := f.RunNext(f.Context()); err != nil || ran != want {
		f.Fatalf("a task ran: %t, %v; want %t", ran, err, want)
	}
}

// only returns the only task there is.
func (f *fixture) only() models.Task {
	f.Helper()
	tasks, err := f.List(f.Context(), core.CommandLine)
	if err != nil || len(tasks) != 1 {
		f.Fatalf("%d tasks, %v; want one", len(tasks), err)
	}
	return tasks[0]
}

func TestTaskReportsProgressAndResult(t *testing.T) {
	each(t, func(f *fixture) {
		f.do = func(ctx context.Context, run *task.Run) (any, error) {
			var params struct{ Rows int }
			if err := run.Params(&params); err != nil {
				return nil, err
			}
			if err := run.Progress(ctx, 3, params.Rows); err != nil {
				return nil, err
			}
			if row := f.only(); row.State != models.TaskRunning || row.Done != 3 || row.Total != 7 {
				f.Errorf("while it runs: %+v", row)
			}
			return map[string]int{"written": 7}, run.Progress(ctx, 7, params.Rows)
		}
		f.add(task.Request{Kind: "work", Params: map[string]int{"rows": 7}, Actor: core.Actor{ID: "id", Name: "root"}})
		if row := f.only(); row.State != models.TaskWaiting || row.ActorID != "id" || row.ActorName != "root" || row.Ended() {
			f.Errorf("queued: %+v", row)
		}
		f.next(true)
		if row := f.only(); row.State != models.TaskDone || row.Report != `{"written":7}` || row.Done != 7 || row.Tries != 1 || row.DoneAt == nil || !row.Ended() {
			f.Errorf("done: %+v", row)
		}
		f.next(false)
	})
}

func TestTaskWithTheSameKeyIsAddedOnce(t *testing.T) {
	each(t, func(f *fixture) {
		if !f.add(task.Request{Kind: "work", OnceKey: "today"}) || f.add(task.Request{Kind: "work", OnceKey: "today"}) {
			f.Error("want the first to be added and the second not")
		}
		for range 2 {
			if !f.add(task.Request{Kind: "work"}) {
				f.Error("want tasks without a key to be added")
			}
		}
	})
}

// TestTaskRunsOnOneWorker: of many workers, in several processes, one runs a task.
func TestTaskRunsOnOneWorker(t *testing.T) {
	each(t, func(f *fixture) {
		var runs atomic.Int64
		f.do = func(context.Context, *task.Run) (any, error) { runs.Add(1); return nil, nil }
		for range 3 {
			f.add(task.Request{Kind: "work"})
		}
		testkit.Together(12, func(int) {
			if _, err := f.RunNext(f.Context()); err != nil {
				f.Error(err)
			}
		})
		if runs.Load() != 3 {
			f.Errorf("3 tasks ran %d times", runs.Load())
		}
	})
}

// TestTaskOfADeadWorkerRunsAgain: after the lease another worker takes the task, and the first one, if it lives after all, can
// neither go on nor change the outcome.
func TestTaskOfADeadWorkerRunsAgain(t *testing.T) {
	each(t, func(f *fixture) {
		taken := 0
		f.do = func(ctx context.Context, run *task.Run) (any, error) {
			if taken++; taken == 2 {
				return "second", nil
			}
			if err := run.Progress(ctx, 1, 2); err != nil { // which extends the lease
				return nil, err
			}
			f.clock.Advance(119 * time.Second)
			f.next(false)
			f.clock.Advance(2 * time.Second)
			f.next(true)
			if err := run.Progress(ctx, 2, 2); err == nil {
				f.Error("the first worker goes on")
			}
			return "first", nil
		}
		f.add(task.Request{Kind: "work"})
		f.next(true)
		if row := f.only(); row.State != models.TaskDone || row.Report != `"second"` || row.Tries != 2 {
			f.Errorf("got %+v, want what the second worker reported", row)
		}
	})
}

func TestFailedTaskIsRetriedWithBackoff(t *testing.T) {
	each(t, func(f *fixture) {
		f.do = func(context.Context, *task.Run) (any, error) {
			if f.only().Tries == 2 {
				panic("second try")
			}
			return nil, errors.New("disk full " + strings.Repeat("ü", 1000))
		}
		f.add(task.Request{Kind: "work"})
		for _, pause := range []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute} {
			f.next(true)
			if row := f.only(); row.State != models.TaskWaiting || row.Error == "" || len(row.Error) > 1000 {
				f.Errorf("after a failure: %+v", row)
			}
			f.clock.Advance(pause - time.Second)
			f.next(false)
			f.clock.Advance(time.Second)
		}
		f.next(true)
		if row := f.only(); row.State != models.TaskFailed || row.Tries != 5 || !strings.HasPrefix(row.Error, "disk full") || row.DoneAt == nil {
			f.Errorf("after the last try: %+v", row)
		}
		f.clock.Advance(24 * time.Hour)
		f.next(false)
	})
}

func TestTaskOfUnknownKindFails(t *testing.T) {
	each(t, func(f *fixture) {
		f.add(task.Request{Kind: "of a later version"})
		f.next(true)
		if row := f.only(); row.State != models.TaskWaiting || !strings.Contains(row.Error, "of a later version") {
			f.Errorf("got %+v", row)
		}
	})
}

func TestCancel(t *testing.T) {
	each(t, func(f *fixture) {
		f.do = func(ctx context.Context, run *task.Run) (any, error) {
			if err := run.Progress(ctx, 1, 0); err != nil {
				return nil, err
			}
			if err := f.Cancel(ctx, core.CommandLine, f.only().ID); err != nil {
				f.Error(err)
			}
			if err := run.Progress(ctx, 2, 0); err != nil {
				return nil, err
			}
			f.Error("a cancelled task goes on")
			return nil, nil
		}
		f.add(task.Request{Kind: "work"})
		f.next(true)
		row := f.only()
		if row.State != models.TaskCancelled || row.Done != 2 || row.Error != "" || row.DoneAt == nil {
			f.Errorf("got %+v", row)
		}
		if err := f.Cancel(f.Context(), core.CommandLine, row.ID); !errors.Is(err, core.ErrNotFound) {
			f.Errorf("cancelling a task that has ended: %v", err)
		}
		f.next(false)
	})
}

func TestCancelBeforeTheStart(t *testing.T) {
	each(t, func(f *fixture) {
		f.add(task.Request{Kind: "work"})
		if err := f.Cancel(f.Context(), core.CommandLine, f.only().ID); err != nil {
			f.Fatal(err)
		}
		f.next(false)
		if row := f.only(); row.State != models.TaskCancelled {
			f.Errorf("got %+v", row)
		}
	})
}

func TestTasksAreForSuperAdmins(t *testing.T) {
	each(t, func(f *fixture) {
		f.add(task.Request{Kind: "work"})
		for _, kind := range []models.Kind{models.Organization, models.Customer} {
			actor := core.Actor{ID: f.core.NewID(), Kind: kind}
			if _, err := f.List(f.Context(), actor); !errors.Is(err, core.ErrForbidden) {
				f.Errorf("list of a %s: %v", kind, err)
			}
			if err := f.Cancel(f.Context(), actor, f.only().ID); !errors.Is(err, core.ErrForbidden) {
				f.Errorf("cancel of a %s: %v", kind, err)
			}
		}
		for _, id := range []string{"", "no id", f.core.NewID()} {
			if err := f.Cancel(f.Context(), core.CommandLine, id); !errors.Is(err, core.ErrNotFound) {
				f.Errorf("cancel of %q: %v", id, err)
			}
		}
	})
}

// TestTaskIsPutBackWhenTheProgramEnds: it runs again at the next start, and that try does not count.
func TestTaskIsPutBackWhenTheProgramEnds(t *testing.T) {
	each(t, func(f *fixture) {
		ctx, stop := context.WithCancel(f.Context())
		f.do = func(ctx context.Context, run *task.Run) (any, error) { stop(); return nil, run.Progress(ctx, 1, 2) }
		f.add(task.Request{Kind: "work"})
		if ran, err := f.RunNext(ctx); !ran || err != nil {
			f.Fatalf("ran %t, %v", ran, err)
		}
		if row := f.only(); row.State != models.TaskWaiting || row.Tries != 0 || row.LeaseID != "" {
			f.Errorf("got %+v", row)
		}
		f.do = func(context.Context, *task.Run) (any, error) { return nil, nil }
		f.next(true)
	})
}
