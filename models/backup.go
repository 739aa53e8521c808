package models

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// ErrNoBackup says that the engine brings its own tool for backups.
var ErrNoBackup = errors.New("on PostgreSQL use pg_dump: see the README, section Backup")

// Backup writes a consistent copy of an SQLite database to a file that must not exist yet, while others go on using it.
func (db *DB) Backup(ctx context.Context, path string) error {
	if db.engine != SQLite {
		return ErrNoBackup
	}
	// VACUUM INTO takes an existing file only when it is empty: making it first settles who may read it.
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // the operator names the file
	if err != nil {
		return fmt.Errorf("the backup needs a new file: %w", err)
	}
	if err := file.Close(); err != nil {
		return err
	}
	if _, err := db.sql.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		return errors.Join(fmt.Errorf("writing the backup: %w", err), os.Remove(path))
	}
	return nil
}
