<?php
define( 'DB_NAME', 'wp' );
define( 'DB_PASSWORD', '«‹human›»' );
define('AUTH_KEY',         '«${alnum:30}|${alnum:10}!${alnum:20}»');
define('SECURE_AUTH_SALT', '«${alnum:30}$${alnum:10}{${alnum:20}»');
$config['smtp_pass'] = '«‹human›»';
$cfg = ['password' => '«‹human›»', 'api_key' => '«${hex:32}»'];
mysqli_connect("db", "root", "«‹human›»", "shop");
