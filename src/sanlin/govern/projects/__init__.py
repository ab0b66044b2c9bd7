"""项目 (project): what was promised, paid, receipted, evaluated and closed."""
