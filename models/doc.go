// Package models holds the tables: their types, their queries and their migrations. It is the only package that knows
// gorm, goose or SQL; everybody else speaks to it through [DB] and [Tx].
//
// open.go opens either engine, tx.go gives transactions, and then there is one file a table. A query is a method of
// [Tx], so that the same query serves a plain read ([DB.Read]) and a transaction ([DB.Update]).
package models
