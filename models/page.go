package models

import (
	"slices"

	"gorm.io/gorm"
)

// Page is a page of a list. More reports whether there are further rows in the requested direction.
type Page[T any] struct {
	Rows []T
	More bool
}

// readPage reads the first rows of a query, up to limit, and turns them round if the query is in the opposite order of the list. It
// asks for one row more, to know whether there are more.
func readPage[T any](query *gorm.DB, backwards bool, limit int) (page Page[T], err error) {
	if err := query.Limit(limit + 1).Find(&page.Rows).Error; err != nil {
		return Page[T]{}, err
	}
	page.More = len(page.Rows) > limit
	page.Rows = page.Rows[:min(len(page.Rows), limit)]
	if backwards {
		slices.Reverse(page.Rows)
	}
	return page, nil
}

// readPageByID reads a page of a list in descending order of ids, so the newest first: older than after, newer than before, or the
// first ones.
func readPageByID[T any](query *gorm.DB, after, before string, limit int) (Page[T], error) {
	switch {
	case before != "":
		query = query.Where("id > ?", before).Order("id")
	case after != "":
		query = query.Where("id < ?", after).Order("id DESC")
	default:
		query = query.Order("id DESC")
	}
	return readPage[T](query, before != "", limit)
}
