"""Pages over all rooms: 今日すること, 監査記録, 権限を調べる, 事務分担."""
