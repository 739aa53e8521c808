package testkit

// OpenPostgres is the PostgreSQL server of this process for a program that is
// no test, started on the first call. Close stops it.
func OpenPostgres() (*Server, error) { return postgres() }

// NewDatabase makes an empty database and returns its URL. drop removes it,
// open connections or not.
func (s *Server) NewDatabase() (dsn string, drop func() error, err error) {
	name := s.newName()
	if err := s.exec("CREATE DATABASE " + quote(name)); err != nil {
		return "", nil, err
	}
	return s.dsn(name), func() error { return s.drop(name) }, nil
}

// Close stops what this process started. Tests leave it to Main.
func Close() { atExit.run() }
