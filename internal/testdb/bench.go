package testdb

import (
	"net/url"
	"strconv"
)

// OpenPostgres is the PostgreSQL server of this process for a program that is
// no test, started on the first call. [testkit.Close] stops it.
func OpenPostgres() (*Server, error) { return postgres() }

// NewDatabase makes an empty database and returns its URL, which leads through
// the server's socket where this process started it, as one would on a machine
// that has both. drop removes it, open connections or not.
func (s *Server) NewDatabase() (dsn string, drop func() error, err error) {
	name := s.newName()
	if err := s.exec("CREATE DATABASE " + quote(name)); err != nil {
		return "", nil, err
	}
	return s.nearest(name), func() error { return s.drop(name) }, nil
}

func (s *Server) nearest(database string) string {
	if s.process == nil {
		return s.dsn(database)
	}
	socket := url.URL{Scheme: "postgres", User: s.admin.User, Path: "/" + database, RawQuery: url.Values{
		"host": {s.process.dir}, "port": {strconv.Itoa(s.process.port)},
	}.Encode()}
	return socket.String()
}
