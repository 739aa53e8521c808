package models

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations
var migrations embed.FS

// ErrNewerSchema means that a newer program has migrated the database, and that this one could damage it.
var ErrNewerSchema = errors.New("the database was made by a newer version of Latchkey: start that version, or restore a backup")

// Migration is the result of [DB.Migrate].
type Migration struct {
	Version int64 // of the schema
	Renewed int   // accounts whose keys and skeletons were recomputed
}

// Migrate migrates the schema and recomputes what depends on names. Several replicas may call it at once: on PostgreSQL one of them
// works under a lock while the others wait. It returns [ErrNewerSchema] if the schema is newer than the program.
func (db *DB) Migrate(ctx context.Context) (done Migration, err error) {
	provider, err := db.provider()
	if err != nil {
		return done, err
	}
	if err := refuseNewer(ctx, provider); err != nil {
		return done, err
	}
	if _, err := provider.Up(ctx); err != nil {
		// On SQLite two processes can start the same migration, and the second fails; that is no error if the first has applied all.
		if pending, asked := provider.HasPending(ctx); asked != nil || pending {
			return done, fmt.Errorf("migrating the database: %w", err)
		}
	}
	if done.Renewed, err = db.renewNames(ctx); err != nil {
		return done, fmt.Errorf("migrating the database: %w", err)
	}
	done.Version, err = provider.GetDBVersion(ctx)
	return done, err
}

// Migrated returns an error unless the schema is the one that this program knows.
func (db *DB) Migrated(ctx context.Context) error {
	provider, err := db.provider()
	if err != nil {
		return err
	}
	if err := refuseNewer(ctx, provider); err != nil {
		return err
	}
	pending, err := provider.HasPending(ctx)
	if err == nil && pending {
		err = errors.New("the database is not migrated: run `web migrate`")
	}
	return err
}

func refuseNewer(ctx context.Context, provider *goose.Provider) error {
	current, newest, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("reading the schema's version: %w", err)
	}
	if current > newest {
		return fmt.Errorf("schema version %d, this program knows %d: %w", current, newest, ErrNewerSchema)
	}
	return nil
}

func (db *DB) provider() (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations/"+string(db.engine))
	if err != nil {
		return nil, err
	}
	if db.engine == SQLite {
		return goose.NewProvider(database.DialectSQLite3, db.writerSQL, files)
	}
	// Waiting processes try again every second, for up to a minute.
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60))
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(database.DialectPostgres, db.sql, files, goose.WithSessionLocker(locker))
}
