DROP TABLE publication_document;
DROP TABLE publication;
DROP TABLE campagne_acte;
DROP TABLE campagne_page;
DROP TABLE campagne;
