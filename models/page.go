package models

import (
	"slices"

	"gorm.io/gorm"
)

// pageByID reads a page of a list in descending order of ids, so the newest first. It asks for one row more than limit, so that
// trimPage knows whether there are more.
func pageByID(query *gorm.DB, after, before string, limit int) *gorm.DB {
	switch {
	case before != "":
		query = query.Where("id > ?", before).Order("id")
	case after != "":
		query = query.Where("id < ?", after).Order("id DESC")
	default:
		query = query.Order("id DESC")
	}
	return query.Limit(limit + 1)
}

func trimPage[T any](rows []T, backwards bool, limit int) (page []T, more bool) {
	page, more = rows[:min(len(rows), limit)], len(rows) > limit
	if backwards {
		slices.Reverse(page)
	}
	return page, more
}
