package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"runtime"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
)

// Engine is a database engine.
type Engine string

// The supported engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// postgresConnections limits the pool of a process, so that several replicas fit into PostgreSQL's default of 100 connections.
const postgresConnections = 20

// othersWrite is SQLite's busy timeout: how long a statement waits while another process writes.
const othersWrite = 5 * time.Second

// DB is an open database. It is safe for concurrent use.
type DB struct {
	engine Engine
	limits listLimits
	gorm   *gorm.DB // for reading
	sql    *sql.DB  // its pool
	// SQLite has another pool of one connection for writing, so that a crowd of readers leaves no writer waiting; elsewhere they are one.
	writerGorm *gorm.DB
	writerSQL  *sql.DB

	busyTimeout time.Duration  // of SQLite
	log         *writeAheadLog // of SQLite; nil elsewhere
	// writer admits one writing transaction at a time on SQLite, which allows only one: waiting here is fair and
	// ends with the request, waiting inside SQLite is a lottery of sleeps.
	writer chan struct{}
}

// OpenSQLite opens the database file at path. If there is none, it creates one that only its owner can read.
func OpenSQLite(path string) (*DB, error) { return OpenSQLiteWithBusyTimeout(path, othersWrite) }

// OpenSQLiteWithBusyTimeout is [OpenSQLite] with another busy timeout.
func OpenSQLiteWithBusyTimeout(path string, wait time.Duration) (*DB, error) {
	if err := touch(path); err != nil {
		return nil, err
	}
	registerDriver()
	dialect := func(dsn string) gorm.Dialector {
		return sqliteDialector{&sqlite.Dialector{DriverName: keptDriver, DSN: dsn}}
	}
	db, err := open(dialect(sqliteReaders(path, wait)), SQLite)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	writing, err := open(dialect(sqliteWriter(path, wait)), SQLite)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening %s: %w", path, err), db.sql.Close())
	}
	db.writerGorm, db.writerSQL = writing.gorm, writing.sql
	readers := 2 + 2*runtime.GOMAXPROCS(0)
	for pool, connections := range map[*sql.DB]int{db.sql: readers, db.writerSQL: 1} {
		pool.SetMaxOpenConns(connections)
		pool.SetMaxIdleConns(connections)
	}
	db.busyTimeout, db.log, db.writer = wait, newWriteAheadLog(path), make(chan struct{}, 1)
	return db, nil
}

// OpenPostgres opens the PostgreSQL database at the given postgres:// address.
func OpenPostgres(dsn string) (*DB, error) {
	prepared := stdlib.OptionAfterConnect(func(ctx context.Context, conn *pgx.Conn) error {
		// The driver gives times in the zone of the machine otherwise.
		conn.TypeMap().RegisterType(&pgtype.Type{
			Name: "timestamptz", OID: pgtype.TimestamptzOID, Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC},
		})
		// JIT compilation and parallel workers cost more time than they save. These are no parameters of the start, which poolers refuse.
		_, err := conn.Exec(ctx, "SET jit = off; SET max_parallel_workers_per_gather = 0")
		return err
	})
	db, err := open(postgres.New(postgres.Config{DSN: dsn, OptionOpenDB: []stdlib.OptionOpenDB{prepared}}), Postgres)
	if err != nil {
		return nil, fmt.Errorf("opening PostgreSQL: %w", err)
	}
	db.sql.SetMaxOpenConns(postgresConnections)
	db.sql.SetMaxIdleConns(postgresConnections)
	db.sql.SetConnMaxIdleTime(5 * time.Minute)
	return db, nil
}

func open(dialector gorm.Dialector, engine Engine) (*DB, error) {
	g, err := gorm.Open(dialector, &gorm.Config{
		TranslateError:         true,
		SkipDefaultTransaction: true,
		DisableAutomaticPing:   true,
		NowFunc:                func() time.Time { return time.Time{} }, // callers set every time in a row, by their own clock
		Logger:                 discardLogger{},
	})
	if err != nil {
		return nil, err
	}
	pool, err := g.DB()
	if err != nil {
		return nil, err
	}
	return &DB{gorm: g, sql: pool, writerGorm: g, writerSQL: pool, engine: engine, limits: usualLimits}, nil
}

// sqliteWriter is the address of the connection for writing. For changes to a thousand accounts spread over a million, it has 16 MiB of cache,
// and 4000 pages are in the log before a commit has to move them.
func sqliteWriter(path string, wait time.Duration) string {
	return sqliteDSN(path, wait, url.Values{"_txlock": {"immediate"}}, "cache_size(-16384)", "wal_autocheckpoint(4000)")
}

// sqliteReaders is the address of the connections for reading.
func sqliteReaders(path string, wait time.Duration) string {
	return sqliteDSN(path, wait, url.Values{}, "cache_size(-4096)", "query_only(1)")
}

func sqliteDSN(path string, wait time.Duration, options url.Values, pragmas ...string) string {
	options["_pragma"] = append([]string{
		fmt.Sprintf("busy_timeout(%d)", wait.Milliseconds()),
		"journal_mode(WAL)", "foreign_keys(1)", "synchronous(NORMAL)", "temp_store(MEMORY)",
	}, pragmas...)
	options["_time_format"] = []string{"sqlite"}
	options["_timezone"] = []string{"UTC"} // times are compared as text, so all must be of one zone
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: options.Encode()}).String()
}

func touch(path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // the operator names the file
	if err != nil {
		return fmt.Errorf("the database file cannot be opened: %w", err)
	}
	return file.Close()
}

// Engine returns the engine of the database.
func (db *DB) Engine() Engine { return db.engine }

// Connections returns statistics of the connections, of both pools of SQLite together.
func (db *DB) Connections() sql.DBStats {
	stats := db.sql.Stats()
	if db.writerSQL != db.sql {
		writer := db.writerSQL.Stats()
		stats.MaxOpenConnections += writer.MaxOpenConnections
		stats.OpenConnections += writer.OpenConnections
		stats.InUse += writer.InUse
		stats.Idle += writer.Idle
		stats.WaitCount += writer.WaitCount
		stats.WaitDuration += writer.WaitDuration
	}
	return stats
}

// Ping returns an error if the database does not answer.
func (db *DB) Ping(ctx context.Context) error { return db.sql.PingContext(ctx) }

// Close closes all connections.
func (db *DB) Close() error {
	err := db.sql.Close()
	if db.writerSQL != db.sql {
		err = errors.Join(err, db.writerSQL.Close()) // the last one, which moves the log into the database
	}
	return err
}

// UnverifiedHosts returns the hosts of a PostgreSQL address to which the password is sent without verifying their certificate and
// name: all without sslmode=verify-full, except Unix sockets. The address is a URL or a list of keywords and values; missing values
// come from the environment (PGSSLMODE, PGHOST, a service file), as when connecting.
func UnverifiedHosts(dsn string) (hosts []string, err error) {
	parsed, err := pgconn.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("the address of PostgreSQL cannot be read") // the cause may name the password
	}
	tries := append([]*pgconn.FallbackConfig{{Host: parsed.Host, Port: parsed.Port, TLSConfig: parsed.TLSConfig}}, parsed.Fallbacks...)
	for _, try := range tries {
		network, _ := pgconn.NetworkAddress(try.Host, try.Port)
		verified := try.TLSConfig != nil && !try.TLSConfig.InsecureSkipVerify
		if network != "unix" && !verified && !slices.Contains(hosts, try.Host) {
			hosts = append(hosts, try.Host)
		}
	}
	return hosts, nil
}
