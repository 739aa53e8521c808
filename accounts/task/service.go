package task

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"latchkey/accounts/core"
	"latchkey/models"
)

const (
	leaseFor = 2 * time.Minute // a task whose worker reports no progress for so long is run again
	maxTries = 5
	firstGap = 30 * time.Second // before the second try; doubled for each further one
	maxError = 1000             // bytes of an error that are kept
)

// Handler does the work of one kind of task. It is called again after a failure, so each piece of it must be safe to repeat. The
// report is stored as JSON.
type Handler func(ctx context.Context, run *Run) (report any, err error)

// Service adds, runs and cancels tasks. It is safe for concurrent use, by any number of processes.
type Service struct {
	core     *core.Core
	handlers map[string]Handler
}

// New makes a service with a handler for each kind of task.
func New(c *core.Core, handlers map[string]Handler) *Service {
	return &Service{core: c, handlers: handlers}
}

// Request is a task to add.
type Request struct {
	Kind    string
	OnceKey string // a second task with the key is not added; "" = every task is
	Params  any    // stored as JSON
	Actor   core.Actor
}

// Add queues a task in the transaction, and reports false if there is one with the key already.
func (s *Service) Add(tx *models.Tx, r Request) (added bool, err error) {
	params, err := json.Marshal(r.Params)
	if err != nil {
		return false, err
	}
	now, id := s.core.Now(), s.core.NewID()
	key := r.OnceKey
	if key == "" {
		key = id
	}
	return tx.AddTask(models.Task{
		ID: id, Kind: r.Kind, OnceKey: key, ActorID: r.Actor.ID, ActorName: r.Actor.Name, Params: string(params),
		State: models.TaskWaiting, CreatedAt: now, NextTryAt: now,
	})
}

// maxListed is how many tasks a list shows.
const maxListed = 100

// List returns the newest tasks. It is for SuperAdmins.
func (s *Service) List(ctx context.Context, actor core.Actor) ([]models.Task, error) {
	if !actor.MaySeeEverything() {
		return nil, core.ErrForbidden
	}
	return s.core.DB.Read(ctx).Tasks(maxListed)
}

// Find returns a task. It is for SuperAdmins. One that does not exist is [core.ErrNotFound].
func (s *Service) Find(ctx context.Context, actor core.Actor, id string) (models.Task, error) {
	if !actor.MaySeeEverything() {
		return models.Task{}, core.ErrForbidden
	}
	if !models.IsID(id) {
		return models.Task{}, core.ErrNotFound
	}
	task, err := s.core.DB.Read(ctx).Task(id)
	return task, core.NotFound(err)
}

// Cancel cancels a task that waits, and makes the worker of one that runs stop at its next step. It is for SuperAdmins. A task
// that does not exist or has ended is [core.ErrNotFound].
func (s *Service) Cancel(ctx context.Context, actor core.Actor, id string) error {
	if !actor.MaySeeEverything() {
		return core.ErrForbidden
	}
	if !models.IsID(id) {
		return core.ErrNotFound
	}
	return s.core.Update(ctx, actor, func(tx *models.Tx) error { return core.NotFound(tx.CancelTask(id, s.core.Now())) })
}

// keepEnded is how long tasks that have ended are listed.
const keepEnded = 30 * 24 * time.Hour

// purgeBatch is how many old tasks one transaction removes.
const purgeBatch = 500

// PurgeExpired removes tasks that ended long ago.
func (s *Service) PurgeExpired(tx *models.Tx) error {
	_, err := tx.DeleteTasks(s.core.Now().Add(-keepEnded), purgeBatch)
	return err
}

// Run is a task while it is carried out.
type Run struct {
	core *core.Core
	task models.Task
}

// Params reads the parameters of the task into a value.
func (r *Run) Params(into any) error { return json.Unmarshal([]byte(r.task.Params), into) }

// errCancelled ends a task that was cancelled.
var errCancelled = errors.New("the task was cancelled")

// errLeaseLost ends a task that another worker has taken over.
var errLeaseLost = errors.New("another worker has taken over the task")

// Progress records how many units of work are done, of how many (0 = not known), and keeps the task for this worker. A handler calls
// it at least once a minute, and returns its error at once.
func (r *Run) Progress(ctx context.Context, done, total int) error {
	r.task.Done, r.task.Total = done, total
	cancel := false
	err := r.core.DB.Update(ctx, func(tx *models.Tx) (err error) {
		cancel, err = tx.ProgressTask(r.task, r.core.Now().Add(leaseFor))
		return err
	})
	switch {
	case errors.Is(err, models.ErrNotFound):
		return errLeaseLost
	case err == nil && cancel:
		return errCancelled
	default:
		return err
	}
}

// RunNext runs the task that is due first, and reports false if none is. When ctx ends, the task is put back for the next start of
// the program. An error is the database's; that of a task is recorded in its row and logged.
func (s *Service) RunNext(ctx context.Context) (ran bool, err error) {
	var task models.Task
	err = s.core.DB.Update(ctx, func(tx *models.Tx) (err error) {
		now := s.core.Now()
		task, err = tx.ClaimTask(s.core.NewID(), now, now.Add(leaseFor))
		return err
	})
	if errors.Is(err, models.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	run := &Run{core: s.core, task: task}
	report, failed := s.handle(ctx, run)
	if errors.Is(failed, errLeaseLost) {
		s.core.Log.Warn("task taken over by another worker", "task", task.ID, "kind", task.Kind)
		return true, nil
	}
	return true, s.settle(ctx, run.task, report, failed)
}

// handle calls the task's handler, and turns a panic into an error.
func (s *Service) handle(ctx context.Context, run *Run) (report any, err error) {
	defer func() {
		if p := recover(); p != nil {
			report, err = nil, fmt.Errorf("panic: %v", p)
		}
	}()
	if run.task.CancelAskedAt != nil {
		return nil, errCancelled
	}
	handler, known := s.handlers[run.task.Kind]
	if !known {
		return nil, fmt.Errorf("this version knows no task of the kind %q", run.task.Kind)
	}
	return handler(ctx, run)
}

// settle records how a run ended: done, cancelled, to be tried again, or failed after the last try.
func (s *Service) settle(ctx context.Context, task models.Task, report any, failed error) error {
	stopping := ctx.Err() != nil
	ctx, cancel := core.Detached(ctx)
	defer cancel()
	now := s.core.Now()
	switch {
	case failed == nil:
		text, err := json.Marshal(report)
		if err != nil {
			return err
		}
		task.State, task.Report, task.Error, task.DoneAt = models.TaskDone, string(text), "", &now
	case errors.Is(failed, errCancelled):
		task.State, task.DoneAt = models.TaskCancelled, &now
	case stopping:
		return s.core.DB.Update(ctx, func(tx *models.Tx) error { return tx.ReleaseTask(task) })
	case task.Tries < maxTries:
		task.State, task.NextTryAt = models.TaskWaiting, now.Add(firstGap<<(task.Tries-1))
	default:
		task.State, task.DoneAt = models.TaskFailed, &now
	}
	if failed != nil && task.State != models.TaskCancelled {
		task.Error = strings.ToValidUTF8(failed.Error()[:min(len(failed.Error()), maxError)], "")
		s.core.Log.Error("task failed", "task", task.ID, "kind", task.Kind, "try", task.Tries, "retry", task.State == models.TaskWaiting, "error", failed)
	}
	err := s.core.DB.Update(ctx, func(tx *models.Tx) error { return tx.SettleTask(task) })
	if errors.Is(err, models.ErrNotFound) {
		s.core.Log.Warn("task taken over by another worker", "task", task.ID, "kind", task.Kind)
		return nil
	}
	return err
}
