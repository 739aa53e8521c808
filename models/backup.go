package models

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// ErrNoBackup means that the engine has a backup tool of its own.
var ErrNoBackup = errors.New("on PostgreSQL use pg_dump: see the README, section Backup")

// Backup writes a consistent copy of an SQLite database, which may be in use, to a file that must not exist yet.
func (db *DB) Backup(ctx context.Context, path string) error {
	if db.engine != SQLite {
		return ErrNoBackup
	}
	// VACUUM INTO accepts an existing file if it is empty. Creating it first sets its permissions.
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // the operator names the file
	if err != nil {
		return fmt.Errorf("the backup needs a new file: %w", err)
	}
	if err := file.Close(); err != nil {
		return err
	}
	if _, err := db.writerSQL.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		return errors.Join(fmt.Errorf("writing the backup: %w", err), os.Remove(path))
	}
	return nil
}
