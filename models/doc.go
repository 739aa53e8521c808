// Package models contains the tables: their types, queries and migrations. It is the only package that imports gorm and goose
// or writes SQL. Others use [DB] and [Tx].
//
// open.go opens a database, tx.go has the transactions, and each table has a file. Queries are methods of [Tx], so that they work
// in plain reads ([DB.Read]) and in transactions ([DB.Update]).
package models
