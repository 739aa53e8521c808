package models

import (
	"database/sql"
	"time"

	"gorm.io/gorm/clause"
)

// TaskState is the state of a task.
type TaskState string

// The states of a task. All but the first two are final.
const (
	TaskWaiting   TaskState = "waiting"
	TaskRunning   TaskState = "running"
	TaskDone      TaskState = "done"
	TaskFailed    TaskState = "failed"
	TaskCancelled TaskState = "cancelled"
)

// Task is long work: its progress and report for people, and its place in the queue.
type Task struct {
	ID        string `gorm:"primaryKey"`
	Kind      string
	OnceKey   string // unique: there is one task for a cause
	ActorID   string // "" = the system or the command line
	ActorName string
	Params    string // JSON
	State     TaskState
	CreatedAt time.Time

	Done   int    // units of work
	Total  int    // 0 = not known
	Report string // JSON; "" = none yet
	Error  string // of the last try that failed

	CancelAskedAt *time.Time
	Tries         int
	NextTryAt     time.Time
	LastTryAt     *time.Time
	LeaseID       string
	LeaseUntil    *time.Time
	DoneAt        *time.Time
}

// Ended reports whether the task is in a final state.
func (t Task) Ended() bool { return t.State != TaskWaiting && t.State != TaskRunning }

// AddTask queues a task, and reports false if there is one with its once key already.
func (tx *Tx) AddTask(t Task) (added bool, err error) {
	once := clause.OnConflict{Columns: []clause.Column{{Name: "once_key"}}, DoNothing: true}
	result := tx.g.Clauses(once).Create(&t)
	return result.RowsAffected > 0, wrap("adding a task", result.Error)
}

// ClaimTask claims the task that is due first for this worker until the lease ends, or returns [ErrNotFound].
func (tx *Tx) ClaimTask(leaseID string, now, leaseUntil time.Time) (Task, error) {
	rows, err := claim[Task](tx, taskQueue, leaseID, now, leaseUntil, taskQueue.expired(tx.engine, 1), taskQueue.waiting(tx.engine, "", 1))
	if err != nil {
		return Task{}, err
	}
	if len(rows) == 0 {
		return Task{}, wrap("claiming a task", ErrNotFound)
	}
	return rows[0], nil
}

// Task finds a task, or returns [ErrNotFound].
func (tx *Tx) Task(id string) (Task, error) {
	var t Task
	return t, wrap("finding a task", tx.g.Take(&t, "id = ?", id).Error)
}

// Tasks returns up to most tasks, the newest first.
func (tx *Tx) Tasks(most int) (rows []Task, err error) {
	err = tx.g.Order("id DESC").Limit(most).Find(&rows).Error
	return rows, wrap("listing tasks", err)
}

// ProgressTask records how far a claimed task has come, and extends its lease. It reports whether the task is to be cancelled, and
// returns [ErrNotFound] if the lease has passed to another worker.
func (tx *Tx) ProgressTask(t Task, leaseUntil time.Time) (cancel bool, err error) {
	err = changed("recording progress", tx.g.Model(&Task{}).Where("id = ? AND state = ? AND lease_id = ?", t.ID, TaskRunning, t.LeaseID).
		Updates(map[string]any{"done": t.Done, "total": t.Total, "lease_until": leaseUntil}))
	if err != nil {
		return false, err
	}
	row, err := tx.Task(t.ID)
	return row.CancelAskedAt != nil, err
}

// SettleTask records how a claimed task ended, or when it is tried again. It returns [ErrNotFound] if the lease has passed to
// another worker.
func (tx *Tx) SettleTask(t Task) error {
	return changed("settling a task", tx.g.Model(&Task{}).Where("id = ? AND state = ? AND lease_id = ?", t.ID, TaskRunning, t.LeaseID).
		Updates(map[string]any{
			"state": t.State, "done": t.Done, "total": t.Total, "report": t.Report, "error": t.Error, "next_try_at": t.NextTryAt,
			"done_at": t.DoneAt, "lease_id": "", "lease_until": nil,
		}))
}

// ReleaseTask makes a claimed task due again that was not finished because the program stops. The try does not count.
func (tx *Tx) ReleaseTask(t Task) error {
	return tx.releaseLease(taskQueue, t.LeaseID, []string{t.ID})
}

// CancelTask cancels a waiting task, or asks the worker of a running one to stop. It returns [ErrNotFound] if there is no such task
// or it has ended.
func (tx *Tx) CancelTask(id string, now time.Time) error {
	return changed("cancelling a task", tx.g.Exec(`UPDATE tasks SET cancel_asked_at = @now,
		state = CASE WHEN state = 'waiting' THEN 'cancelled' ELSE state END,
		done_at = CASE WHEN state = 'waiting' THEN @now ELSE done_at END
		WHERE id = @id AND state IN ('waiting', 'running')`, sql.Named("now", now), sql.Named("id", id)))
}

// DeleteTasks deletes up to most tasks that ended before a time, and returns how many.
func (tx *Tx) DeleteTasks(before time.Time, most int) (count int, err error) {
	old := tx.g.Model(&Task{}).Select("id").Where("done_at < ?", before).Order("done_at").Limit(most)
	result := tx.g.Delete(&Task{}, "id IN (?) AND done_at < ?", old, before)
	return int(result.RowsAffected), wrap("deleting tasks", result.Error)
}
