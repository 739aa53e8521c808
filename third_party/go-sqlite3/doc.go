// Package sqlite3 stands in the place of the C driver that gorm's dialect of SQLite imports for its side effect alone.
// The program uses the driver in pure Go, so nobody needs a C compiler, nor waits for half a minute while it compiles SQLite
// for nothing. Only the replace directive in go.mod leads here.
package sqlite3
